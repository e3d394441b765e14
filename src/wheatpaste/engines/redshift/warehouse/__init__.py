"""What a warehouse's worker is set up with (macros, catalog tables, system views), and the sessions on it."""
