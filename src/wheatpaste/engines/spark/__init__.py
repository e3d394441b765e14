"""Glue jobs on real Spark and real Python, each in a process of its own.

`java` finds a Java, `jars` and `runtimes` fetch once what a job needs, `driver` writes what one run's process sees,
`engine` starts and follows runs; `wheatpaste_driver` (another package, standard library only) is what runs inside.
"""
