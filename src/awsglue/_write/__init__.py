"""Where frames go: files, catalog tables, databases, warehouses. Internal."""
