"""What a vendor's error means where a model was asked to fill a gap."""

import re

from llm_ls import errors
from llm_ls.providers.vendor_errors import Exchange

# vLLM, llama.cpp and OpenAI name the suffix, Mistral writes "FIM is not enabled for this model" (langchainjs#9646).
_CANNOT_FILL = re.compile(r"\bsuffix\b|\bFIM\b|\binfill\b|not supported in the v1/completions endpoint", re.IGNORECASE)
_CANNOT_STATUSES = (400, 404, 422, 500, 501)


def named(error: errors.ProviderError, exchange: Exchange) -> errors.ProviderError:
    """`error`, or that the model or the whole server has no way to fill a gap, if that is what it says."""
    said = error.message.replace(exchange.model, "").replace(exchange.provider, "")
    unknown_path = error.status in (404, 405) and "model" not in said.lower()
    unsaid = error.status == 501 or unknown_path
    if not unsaid and not (error.status in _CANNOT_STATUSES and _CANNOT_FILL.search(said)):
        return error
    message = f"{exchange.model} cannot fill in the middle"
    return exchange.error(errors.Unsupported, message, status=error.status, request_id=error.request_id)
