"""From a company's files to a published release: project, loading, run."""
