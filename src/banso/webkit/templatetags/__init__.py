"""Template filters and tags of the frame; the settings load them into every template."""
