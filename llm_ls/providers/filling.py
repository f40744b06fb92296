"""A model as the registry hands it out to fill gaps: asked in the way that fits it, and remembered where it refuses."""

import contextlib
import functools
from collections.abc import AsyncGenerator

import attrs

from llm_ls import errors
from llm_ls.messages import StreamEvent
from llm_ls.models import InfillRequest
from llm_ls.providers import naming
from llm_ls.providers.access import Access
from llm_ls.providers.configured import Provider
from llm_ls.providers.directory import Directory
from llm_ls.providers.registered import Registered
from llm_ls.providers.vendors import VENDORS


@attrs.frozen(eq=False)
class Filling:
    """A `models.InfillModel`. What its vendor says that it cannot do, it is not asked again."""

    access: Access
    directory: Directory
    provider: Provider
    model_id: str

    @property
    def name(self) -> str:
        return f"{self.provider.id}/{self.model_id}"

    async def stream(self, request: InfillRequest, /) -> AsyncGenerator[StreamEvent]:
        refusal = cannot_fill(self.provider, self.model_id)
        for way in self.directory.filling.left(self.provider, self.model_id):
            connect = functools.partial(self.access.infill_model, way=way)
            model = Registered(self.access, self.directory, self.provider, self.model_id, connect)
            try:
                async with contextlib.aclosing(model.stream(request)) as events:
                    async for event in events:
                        yield event
            except errors.Unsupported as error:
                if error.partial or error.status is None:
                    raise
                self.directory.filling.refuse(self.provider, self.model_id, way)
                refusal = error
            else:
                return
        raise refusal


def cannot_fill(provider: Provider, model_id: str) -> errors.Unsupported:
    """The error for a model that has no way to fill a gap."""
    fillers = [vendor.id for vendor in VENDORS.values() if vendor.fills]
    name = f"{provider.id}/{model_id}"
    return errors.Unsupported(
        f"{name} cannot fill in the middle",
        hint=f"choose a model of {naming.enumeration(fillers, 'or')}",
        provider=provider.id,
        model=name,
    )
