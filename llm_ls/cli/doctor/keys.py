"""Where keys and sign-ins are kept, and whether they can be read."""

from llm_ls.auth.credential_store import Keeping
from llm_ls.cli.doctor.check import Check
from llm_ls.providers.accounts import Accounts

_NAME = "keys"
_REMEDY = "start and unlock a keyring, or set LLM_LS_PASSPHRASE, then save them again"


async def examine(accounts: Accounts) -> Check:
    """Tries the keyring; reads no secret."""
    if accounts.problem:
        return Check(_NAME, "failed", accounts.problem)
    saved, keeping = accounts.saved(), await accounts.keeping()
    found = f"{len(saved)} saved; {_kept(keeping)}"
    if any(not one.encrypted for one in saved):
        return Check(_NAME, "warning", f"{found}; some are in a file that is not encrypted", _REMEDY)
    if keeping.place is None and keeping.lack:
        return Check(_NAME, "warning", found, "start and unlock a keyring, or set `credentials.store` to auto")
    return Check(_NAME, "ok", found)


def _kept(keeping: Keeping) -> str:
    lack = f" (no keyring: {keeping.lack})" if keeping.lack else ""
    match keeping.place:
        case "keyring":
            return "new ones go to the keyring"
        case "file":
            return f"new ones go to a file of yours alone, {'encrypted' if keeping.sealed else 'not encrypted'}{lack}"
        case None:
            return f"new ones are not kept, as `credentials.store` says{lack}"
