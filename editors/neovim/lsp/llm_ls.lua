-- How Neovim starts llm-ls; `vim.lsp.config('llm_ls', {...})` changes any of it.

---@type vim.lsp.Config
return {
  cmd = { 'llm-ls', '--stdio' },
  capabilities = {
    experimental = { ['llm-ls'] = { proposals = true, status = true, input = true } },
  },
  exit_timeout = 2000,
  root_dir = function(bufnr, on_dir)
    require('llm-ls.server').root_dir(bufnr, on_dir)
  end,
  reuse_client = function(client, config)
    return require('llm-ls.server').reuse(client, config)
  end,
  on_init = function(client)
    require('llm-ls.server').on_init(client)
  end,
  on_exit = function(code, signal, id)
    require('llm-ls.server').on_exit(code, signal, id)
  end,
  handlers = {
    ['$/progress'] = function(...)
      return require('llm-ls.handlers').progress(...)
    end,
    ['$/cancelRequest'] = function(...)
      return require('llm-ls.handlers').cancel_request(...)
    end,
    ['workspace/applyEdit'] = function(...)
      return require('llm-ls.workspace_edit').apply(...)
    end,
    ['window/showMessage'] = function(...)
      return require('llm-ls.handlers').show_message(...)
    end,
    ['window/showMessageRequest'] = function(...)
      return require('llm-ls.handlers').show_message_request(...)
    end,
    ['window/showDocument'] = function(...)
      return require('llm-ls.handlers').show_document(...)
    end,
    ['llm-ls/status'] = function(...)
      return require('llm-ls.handlers').status(...)
    end,
    ['llm-ls/proposal'] = function(...)
      return require('llm-ls.handlers').proposal(...)
    end,
    ['llm-ls/input'] = function(...)
      return require('llm-ls.handlers').input(...)
    end,
  },
}
