"""Where a provider's credential would come from: command, environment, store, another tool's login. Asks nobody."""

import contextlib
import functools
import os
from collections.abc import Mapping

from llm_ls import errors, folders
from llm_ls.auth import borrowed, google_files
from llm_ls.auth import lookup as places
from llm_ls.auth.entries import CREDENTIALS, Saved
from llm_ls.auth.lookup import CredentialSource, Lookup
from llm_ls.settings import StoreChoice


class Whereabouts:
    """Looks at the environment, at the store's index and at files, on hot paths too; reads no secret.

    Args:
        choice: Where the user wants things saved.
    """

    def __init__(self, environment: Mapping[str, str], choice: StoreChoice = "auto") -> None:
        self._environment = environment
        self._choice: StoreChoice = choice

    @functools.cached_property
    def store(self):  # noqa: ANN201 - the type is of a module that is imported when it is first of use
        """What keeps keys and sign-ins."""
        from llm_ls.auth.credential_store import CredentialStore

        return CredentialStore(self._environment, self._choice)

    def choose(self, choice: StoreChoice) -> None:
        """Save there from now on."""
        self._choice = choice
        if "store" in vars(self):
            self.store.choice = choice

    def source(self, lookup: Lookup) -> CredentialSource:
        """The first place that has one."""
        if lookup.command:
            return "command"
        if self.variable(lookup) is not None:
            return "environment"
        if (saved := self.saved(lookup)) is not None:
            return "oauth" if saved.type == "oauth" else saved.place
        if lookup.google and google_files.path(self._environment) is not None:
            return "environment" if self._environment.get(google_files.VARIABLE, "").strip() else "other_tool"
        if lookup.at_home and borrowed.place(lookup.kind, lookup.domain, self._environment) is not None:
            return "other_tool"
        return "none" if lookup.needed else "not_needed"

    def variable(self, lookup: Lookup) -> str | None:
        """The environment variable that holds it."""
        return next((name for name in lookup.names if self._environment.get(name, "").strip()), None)

    def saved(self, lookup: Lookup) -> Saved | None:
        """What is saved of it."""
        found = self.store.saved(lookup.provider) if self._is_anything_saved else None
        return found if found is not None and lookup.takes(found) else None

    def in_words(self, lookup: Lookup) -> str:
        """In words, the login of another tool that counts; empty if none does."""
        found = borrowed.place(lookup.kind, lookup.domain, self._environment)
        return str(found) if found is not None and self.source(lookup) == "other_tool" else ""

    def missing(self, lookup: Lookup) -> errors.MissingCredentials:
        """The error that names every place looked at."""
        borrows = lookup.at_home and lookup.kind in borrowed.KINDS
        return places.missing(lookup, borrows=borrows, store_problem=self.store.problem)

    @property
    def _is_anything_saved(self) -> bool:
        with contextlib.suppress(errors.StorageFailed):
            return "store" in vars(self) or os.path.lexists(folders.data_file(CREDENTIALS))
        return False
