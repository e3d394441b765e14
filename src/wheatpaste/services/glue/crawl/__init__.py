"""Crawls, without a server: what a file is (``inspector``), what belongs together (``grouping``), what the catalog lacks (``changes``)."""
