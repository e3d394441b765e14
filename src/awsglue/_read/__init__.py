"""Where frames come from: files, catalog tables, databases. Internal."""
