"""The `llm-ls` options as classes: one camelCase spelling everywhere (`editors/PROTOCOL.md`), never a secret.

The attribute descriptions are published: `llm_ls.settings.schema` reads them.
"""

from collections.abc import Mapping
from typing import Any, Literal

import attrs

from llm_ls.settings.limits import (
    Address,
    BaseUrl,
    Count,
    Delay,
    EnvironmentName,
    Factor,
    FallbackKey,
    HeaderName,
    HeaderValue,
    Host,
    Line,
    Milliseconds,
    ModelName,
    Money,
    NamedModel,
    ProviderId,
    Proxy,
    Retries,
    Seconds,
    Size,
    Text,
)
from llm_ls.settings.mcp import McpServerName, McpServerSettings

ProviderKind = Literal[
    "anthropic",
    "openai",
    "openai-responses",
    "chatgpt",
    "azure",
    "gemini",
    "vertex",
    "openrouter",
    "github-copilot",
    "mistral",
    "cohere",
    "together",
    "replicate",
    "groq",
    "deepseek",
    "xai",
    "ollama",
    "lmstudio",
    "vllm",
    "llamacpp",
    "local",
]
Review = Literal["auto", "apply", "confirm", "proposal"]
StoreChoice = Literal["auto", "keyring", "file", "environment"]
LogLevel = Literal["error", "warning", "info", "debug"]


@attrs.frozen
class ModelRoles:
    """The model for each kind of work, and what the tiers stand for.

    Attributes:
        chat: For chat; `null` means `model`.
        edit: For code actions and edits; `null` means `model`.
        inline_completion: For completion while typing; `null`: of `model`'s provider, one that fills code, or `fast`.
        next_edit: For next edits; `null` means `inlineCompletion`, and if that is `null` too, `fast`.
        fast: What the tier `fast` stands for.
        mid: What the tier `mid` stands for.
        best: What the tier `best` stands for.
    """

    chat: ModelName | None = None
    edit: ModelName | None = None
    inline_completion: ModelName | None = None
    next_edit: ModelName | None = None
    fast: NamedModel | None = None
    mid: NamedModel | None = None
    best: NamedModel | None = None


@attrs.frozen
class RetrySettings:
    """How a request that failed for a passing reason is repeated.

    Attributes:
        max_retries: How often; 0 never repeats.
        initial_delay_s: Seconds before the first repetition.
        max_delay_s: Seconds that no wait exceeds.
        backoff_factor: By what each wait is longer than the one before.
    """

    max_retries: Retries = 2
    initial_delay_s: Delay = 0.5
    max_delay_s: Delay = 8.0
    backoff_factor: Factor = 2.0


@attrs.frozen
class RateLimitSettings:
    """How much a provider is asked at most.

    Attributes:
        requests_per_minute: `null` is without limit.
        tokens_per_minute: `null` is without limit.
        concurrent_requests: How many are asked at once; `null` is without limit.
    """

    requests_per_minute: Count | None = None
    tokens_per_minute: Count | None = None
    concurrent_requests: Count | None = None


@attrs.frozen
class OAuthSettings:
    """The rest of the user's own OAuth client.

    Attributes:
        authorization_url: The page where one signs in with a browser.
        token_url: Gives tokens for codes, and refreshes them.
        device_url: Gives codes to be typed in on another device.
        redirect_uri: Where that page sends the browser back to; port 0 is any port of this machine that is free.
        scope: What is asked for, in words separated by spaces.
        issuer: What the server calls itself; who comes back from another is not believed.
    """

    authorization_url: Address | None = None
    token_url: Address | None = None
    device_url: Address | None = None
    redirect_uri: Address | None = None
    scope: Line | None = None
    issuer: Address | None = None

    @property
    def has_a_page(self) -> bool:
        """Whether somebody can sign in by it."""
        return bool(self.token_url and (self.authorization_url or self.device_url))


@attrs.frozen
class ProviderSettings:
    """One provider, or what the user changes of a built-in one.

    Attributes:
        kind: The wire format and habits it has; a built-in provider keeps its own without it.
        base_url: Where its API begins, such as `http://127.0.0.1:4000/v1`.
        api_key_env: Name of the environment variable that holds the key.
        api_key_command: A program and its arguments that prints the key on its first line of output.
        headers: Sent with every request, beside the provider's own.
        extra_body: Members added to the body of every request, such as OpenRouter's `provider`.
        organization: The organization that is billed.
        api_version: Azure's API version.
        deployment: Azure's name of the deployed model.
        location: The cloud region.
        project: The cloud project.
        site_url: What OpenRouter is told as the address of the application.
        app_name: What OpenRouter is told as its name.
        domain: The GitHub Enterprise host.
        client_id: The user's own OAuth client.
        oauth: The rest of the user's own OAuth client.
        model_path: A GGUF file, for kind `local`.
        models: Model ids to offer when the provider cannot list them.
        timeout_s: The longest silence within an answer, in seconds.
        first_byte_timeout_s: The longest wait for the beginning of an answer, in seconds; `null` means `timeoutS`.
        connect_timeout_s: The longest wait for a connection, in seconds.
        retry: How a request that failed for a passing reason is repeated.
        rate_limit: How much it is asked at most.
        disabled: Whether it is left out.
    """

    kind: ProviderKind | None = None
    base_url: BaseUrl | None = None
    api_key_env: EnvironmentName | None = None
    api_key_command: tuple[Text, ...] = ()
    headers: Mapping[HeaderName, HeaderValue] = attrs.field(factory=dict[str, str])
    extra_body: Mapping[Line, Any] = attrs.field(factory=dict[str, Any])
    organization: Line | None = None
    api_version: Line | None = None
    deployment: Line | None = None
    location: Line | None = None
    project: Line | None = None
    site_url: Address | None = None
    app_name: Line | None = None
    domain: Host | None = None
    client_id: Line | None = None
    oauth: OAuthSettings = OAuthSettings()
    model_path: Line | None = None
    models: tuple[Line, ...] = ()
    timeout_s: Seconds = 120.0
    first_byte_timeout_s: Seconds | None = None
    connect_timeout_s: Seconds = 5.0
    retry: RetrySettings = RetrySettings()
    rate_limit: RateLimitSettings = RateLimitSettings()
    disabled: bool = False


@attrs.frozen
class CustomAction:
    """A code action of the user's own.

    Attributes:
        title: What the menu shows.
        prompt: What to ask of the model; the code and its surroundings are added.
        kind: The LSP code action kind it is offered as.
        model: `provider/model` or a tier; `null` means the model for edits.
        applies_to: What must be there for it to be offered.
        languages: Language ids it is offered in; empty is all.
        answer: `edit` replaces the code by the answer, `show` opens the answer beside it.
    """

    title: Line
    prompt: Text
    kind: Literal["quickfix", "refactor.rewrite", "source"] = "refactor.rewrite"
    model: ModelName | None = None
    applies_to: Literal["selection", "diagnostic", "document"] = "selection"
    languages: tuple[Line, ...] = ()
    answer: Literal["edit", "show"] = "edit"


@attrs.frozen
class CodeActionSettings:
    """What is offered, and how an edit lands.

    Attributes:
        lightbulb: Whether actions are offered unasked, wherever the cursor is.
        review: How an edit lands; `auto` goes by what the editor can.
        custom: The user's own actions.
    """

    lightbulb: bool = False
    review: Review = "auto"
    custom: tuple[CustomAction, ...] = ()


@attrs.frozen
class InlineCompletionSettings:
    """Completion while typing.

    Attributes:
        enabled: Whether there is any.
        debounce_ms: How long the typing must rest, in milliseconds; fits itself to the typing, up to half and twice.
        max_tokens: Upper bound on a suggestion.
        disabled_languages: Language ids that get none.
        completion_items: Whether an editor without ghost text is offered them in its menu.
    """

    enabled: bool = True
    debounce_ms: Milliseconds = 150
    max_tokens: Count = 128
    disabled_languages: tuple[Line, ...] = ()
    completion_items: bool = False


@attrs.frozen
class NextEditSettings:
    """The edit to make next, suggested unasked.

    Attributes:
        enabled: Whether any is; `auto` is only with a model that costs nothing.
    """

    enabled: Literal["auto", "on", "off"] = "auto"


@attrs.frozen
class ChatSettings:
    """Chat.

    Attributes:
        tools: Whether the model may use tools: `off`, `ask` before each, `auto`.
        max_tool_rounds: How often an answer may go on with the results of tools.
        run_commands: Whether the model may ask to run a command; each is asked of the user.
        instructions: Files whose text stands before every conversation, relative to the workspace.
    """

    tools: Literal["off", "ask", "auto"] = "ask"
    max_tool_rounds: Count = 16
    run_commands: bool = False
    instructions: tuple[Line, ...] = ("AGENTS.md",)


@attrs.frozen
class ContextSettings:
    """What a model may see.

    Attributes:
        exclude: Glob patterns of the files that never leave the machine.
        max_file_bytes: Larger files are left out.
    """

    exclude: tuple[Line, ...] = (".env*", "*.pem", "*.key", "id_rsa*", ".git/**")
    max_file_bytes: Count = 262_144


@attrs.frozen
class CredentialSettings:
    """Credentials.

    Attributes:
        store: Where keys are kept.
    """

    store: StoreChoice = "auto"


@attrs.frozen
class BudgetSettings:
    """Money.

    Attributes:
        daily_usd: US dollars a day; `null` is without limit.
    """

    daily_usd: Money | None = None


@attrs.frozen
class ResponseCacheSettings:
    """Answers kept in memory, given again to a question that is the same in every detail.

    Attributes:
        max_entries: How many are kept; 0 keeps none.
        max_age_s: Seconds after which an answer is no longer given again.
    """

    max_entries: Size = 0
    max_age_s: Seconds = 3_600.0


@attrs.frozen
class LogSettings:
    """The log.

    Attributes:
        level: How much is written.
    """

    level: LogLevel = "info"


@attrs.frozen
class Settings:
    """Everything a user can set; `Settings()` is a working configuration.

    Attributes:
        model: The default model, as `provider/model` or a tier.
        models: The model for each kind of work, and what the tiers stand for.
        fallbacks: By model, or `*`: which models are asked next when it cannot answer.
        deployments: By model: other names of the same model elsewhere, over which requests to it are spread.
        providers: Providers by name; a row with a built-in name changes only what it names.
        code_actions: Code actions.
        inline_completion: Completion while typing.
        next_edit: The edit to make next, suggested unasked.
        chat: Chat.
        mcp_servers: By name: servers of the Model Context Protocol whose tools chat may use.
        context: What a model may see.
        credentials: Credentials.
        budget: Money.
        response_cache: Answers kept in memory, given again to a question that is the same in every detail.
        proxy: The HTTP proxy for every request; `null` goes by the environment.
        ca_file: A PEM file of certificate authorities to trust beside the system's.
        log: The log.
    """

    model: ModelName | None = None
    models: ModelRoles = ModelRoles()
    fallbacks: Mapping[FallbackKey, tuple[ModelName, ...]] = attrs.field(factory=dict[str, tuple[str, ...]])
    deployments: Mapping[NamedModel, tuple[NamedModel, ...]] = attrs.field(factory=dict[str, tuple[str, ...]])
    providers: Mapping[ProviderId, ProviderSettings] = attrs.field(factory=dict[str, ProviderSettings])
    code_actions: CodeActionSettings = CodeActionSettings()
    inline_completion: InlineCompletionSettings = InlineCompletionSettings()
    next_edit: NextEditSettings = NextEditSettings()
    chat: ChatSettings = ChatSettings()
    mcp_servers: Mapping[McpServerName, McpServerSettings] = attrs.field(factory=dict[str, McpServerSettings])
    context: ContextSettings = ContextSettings()
    credentials: CredentialSettings = CredentialSettings()
    budget: BudgetSettings = BudgetSettings()
    response_cache: ResponseCacheSettings = ResponseCacheSettings()
    proxy: Proxy | None = None
    ca_file: Line | None = None
    log: LogSettings = LogSettings()
