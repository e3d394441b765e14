"""Job bookmarks: what earlier runs of a job have processed, by `transformation_ctx`. Internal.

window    which files are new, by when they were modified (pure)
keys      which rows of a database are new, by their keys (pure)
state     both as AWS writes them in a JobBookmarkEntry (pure)
store     where the state lies between runs: the platform, or a file
turn      this process's job, from job.init to job.commit
"""
