"""What is known of a service without loading its model: the type of the entries in ``index_generated``."""

from functools import cached_property


class Entry:
    """One service's line in the index."""

    def __init__(
        self,
        name: str,
        protocols: str,
        target: str,
        json_version: str,
        endpoint: str,
        signing: str,
        version: str,
        prefixes: str,
        names: str,
    ) -> None:
        self.name = name
        self.protocols = tuple(protocols.split())
        self.target_prefix = target
        self.json_version = json_version
        self.endpoint_prefix = endpoint
        self.signing_name = signing
        self.api_version = version
        self.host_prefixes = tuple(prefixes.split())
        self._names = names

    @cached_property
    def operations(self) -> tuple[str, ...]:
        """The operations' names, as botocore spells them."""
        return tuple(self._names.split())
