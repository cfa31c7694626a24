"""The pages and operations of the product, one package for each feature."""
