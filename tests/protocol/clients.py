"""The `initialize` params of four clients as recorded in 2026, without the members that we do not read."""

from typing import Any

NEOVIM: dict[str, Any] = {
    "processId": 5084,
    "clientInfo": {"name": "Neovim", "version": "0.12.4"},
    "rootPath": None,
    "rootUri": None,
    "workspaceFolders": None,
    "trace": "off",
    "workDoneToken": "1",
    "capabilities": {
        "general": {"positionEncodings": ["utf-8", "utf-16", "utf-32"]},
        "workspace": {
            "applyEdit": True,
            "configuration": True,
            "didChangeConfiguration": {"dynamicRegistration": False},
            "workspaceFolders": True,
            "workspaceEdit": {
                "changeAnnotationSupport": {"groupsOnLabel": True},
                "normalizesLineEndings": True,
                "resourceOperations": ["rename", "create", "delete"],
            },
        },
        "textDocument": {
            "codeAction": {
                "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["", "quickfix"]}},
                "dataSupport": True,
                "disabledSupport": True,
                "dynamicRegistration": True,
                "honorsChangeAnnotations": True,
                "resolveSupport": {"properties": ["edit", "command"]},
            },
            "inlineCompletion": {"dynamicRegistration": False},
        },
        "window": {
            "showDocument": {"support": True},
            "showMessage": {"messageActionItem": {"additionalPropertiesSupport": True}},
            "workDoneProgress": True,
        },
    },
}

HELIX: dict[str, Any] = {
    "processId": 7552,
    "clientInfo": {"name": "helix", "version": "25.07.1"},
    "initializationOptions": {"model": "ollama/qwen"},
    "rootPath": "/project",
    "rootUri": None,
    "workspaceFolders": [],
    "capabilities": {
        "general": {"positionEncodings": ["utf-8", "utf-32", "utf-16"]},
        "workspace": {
            "applyEdit": True,
            "configuration": True,
            "didChangeConfiguration": {"dynamicRegistration": False},
            "workspaceFolders": True,
            "workspaceEdit": {
                "documentChanges": True,
                "failureHandling": "abort",
                "resourceOperations": ["create", "rename", "delete"],
            },
        },
        "textDocument": {
            "codeAction": {
                "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["", "quickfix"]}},
                "dataSupport": True,
                "disabledSupport": True,
            },
            "rename": {"honorsChangeAnnotations": False},
        },
        "window": {
            "showDocument": {"support": True},
            "showMessage": {"messageActionItem": {"additionalPropertiesSupport": True}},
            "workDoneProgress": True,
        },
    },
}

EGLOT: dict[str, Any] = {
    "processId": 9587,
    "clientInfo": {"name": "Eglot", "version": "1.17.30"},
    "initializationOptions": {},
    "rootPath": "/project/",
    "rootUri": "file:///project",
    "workspaceFolders": [{"name": "/project/", "uri": "file:///project"}],
    "capabilities": {
        "experimental": {},
        "general": {"positionEncodings": ["utf-32", "utf-8", "utf-16"]},
        "workspace": {
            "applyEdit": True,
            "configuration": True,
            "executeCommand": {"dynamicRegistration": False},
            "workspaceEdit": {"documentChanges": True},
            "workspaceFolders": True,
        },
        "textDocument": {
            "codeAction": {
                "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "source"]}},
                "dataSupport": True,
                "dynamicRegistration": False,
            },
        },
        "window": {"showDocument": {"support": True}, "workDoneProgress": True},
    },
}

VSCODE: dict[str, Any] = {
    "processId": 4242,
    "clientInfo": {"name": "Visual Studio Code", "version": "1.139.1"},
    "locale": "en",
    "trace": "verbose",
    "rootUri": "file:///c%3A/code/my%20project",
    "workspaceFolders": [{"uri": "file:///c%3A/code/my%20project", "name": "my project"}],
    "capabilities": {
        "general": {"positionEncodings": ["utf-16"]},
        "workspace": {
            "applyEdit": True,
            "configuration": True,
            "didChangeConfiguration": {"dynamicRegistration": True},
            "textDocumentContent": {"dynamicRegistration": True},
            "workspaceFolders": True,
            "workspaceEdit": {
                "documentChanges": True,
                "resourceOperations": ["create", "rename", "delete"],
                "failureHandling": "textOnlyTransactional",
                "changeAnnotationSupport": {"groupsOnLabel": True},
            },
        },
        "textDocument": {
            "codeAction": {
                "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["", "quickfix"]}},
                "dataSupport": True,
                "disabledSupport": True,
                "honorsChangeAnnotations": True,
                "tagSupport": {"valueSet": [1]},
            },
            "inlineCompletion": {"dynamicRegistration": True},
        },
        "window": {
            "showDocument": {"support": True},
            "showMessage": {"messageActionItem": {"additionalPropertiesSupport": True}},
            "workDoneProgress": True,
        },
    },
}
