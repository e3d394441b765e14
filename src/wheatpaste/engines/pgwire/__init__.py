"""A PostgreSQL wire front (protocol 3.0) for engines that are no PostgreSQL: messages, values, authentication, one thread per client.

``messages`` and ``values`` are pure and known to the workers, which encode rows themselves; ``connection`` speaks with one client and
drives a ``Session``; ``listener`` keeps the bound sockets.
"""
