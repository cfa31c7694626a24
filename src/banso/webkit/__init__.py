"""What every page shares and no feature owns: frame, components, formats, paging."""
