"""An MCP server as the settings have it, with what it is given of our environment."""

from collections.abc import Mapping

import attrs

from llm_ls import errors
from llm_ls.auth.secret import Secret
from llm_ls.providers.network import Network
from llm_ls.settings.mcp import McpServerSettings
from llm_ls.tools.mcp import environment
from llm_ls.tools.mcp.process import Program


class Forgotten(errors.ConnectionFailed):
    """The server has refused a call, it seems since it was started anew meanwhile and does not know us."""


@attrs.frozen
class Server:
    """A server as the settings have it.

    Attributes:
        variables: Our environment, which holds secrets.
        network: The way to one that is asked over HTTP.
    """

    name: str
    settings: McpServerSettings
    variables: Mapping[str, str] = attrs.field(repr=False, eq=False)
    network: Network

    @property
    def program(self) -> Program:
        """What is started of one that is no address."""
        settings = self.settings
        given = environment.of_child(self.variables, settings.env_vars, settings.env)
        return Program(self.name, settings.command or "", settings.args, given, settings.cwd)

    @property
    def missing(self) -> tuple[str, ...]:
        """The variables that the settings name and that are not there."""
        token = self.settings.bearer_token_env
        named = (*self.settings.env_vars, *((token,) if token else ()))
        return tuple(name for name in named if not self.variables.get(name))

    @property
    def token(self) -> str | None:
        """What is sent as proof of who asks, where it is there."""
        return self.variables.get(self.settings.bearer_token_env or "") or None

    def secrets(self) -> tuple[Secret, ...]:
        """The values of those that are there, kept out of the log as long as they are held."""
        token = self.settings.bearer_token_env
        named = (*self.settings.env_vars, *((token,) if token else ()))
        return tuple(Secret(self.variables[name]) for name in named if self.variables.get(name))
