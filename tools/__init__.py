"""What `./banso` and `./check` stand on: plain Python, with nothing installed yet."""
