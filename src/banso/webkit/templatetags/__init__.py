"""Template filters and tags of the frame, loaded into every template."""
