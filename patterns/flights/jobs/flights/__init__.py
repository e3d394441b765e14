"""The flights pipeline's own modules; they travel with the job as ``--extra-py-files flights.zip``."""
