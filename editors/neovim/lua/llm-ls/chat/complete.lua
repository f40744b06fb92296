-- Completes in a chat what can be mentioned after `@`, and names of prompts after `/`, by Neovim's own completion.
-- The server is told of the buffer only while one of these is typed: it is no text of the project.

local M = {}

-- Of the chat alone: Neovim puts the completion of a server in place of the 'omnifunc' of every buffer.
local PROVIDER = { triggerCharacters = { '@', '/' } }

---@param bufnr integer
---@param client vim.lsp.Client
local function attach(bufnr, client)
  if not vim.lsp.buf_is_attached(bufnr, client.id) then
    assert(client.server_capabilities).completionProvider = PROVIDER
    vim.lsp.buf_attach_client(bufnr, client.id)
    vim.lsp.completion.enable(true, client.id, bufnr, { autotrigger = true })
  end
end

---@param bufnr integer
local function detach(bufnr)
  local client = require('llm-ls.client').get()
  if client and vim.api.nvim_buf_is_loaded(bufnr) and vim.lsp.buf_is_attached(bufnr, client.id) then
    vim.lsp.completion.enable(false, client.id, bufnr)
    vim.lsp.buf_detach_client(bufnr, client.id)
    assert(client.server_capabilities).completionProvider = nil
  end
end

---Offer what there is once the text at the cursor may be the beginning of one.
---@param bufnr integer
local function offer(bufnr)
  require('llm-ls.server').ready(bufnr, function(client)
    local here = vim.api.nvim_get_current_buf() == bufnr and vim.startswith(vim.api.nvim_get_mode().mode, 'i')
    if client and here then
      attach(bufnr, client)
      vim.lsp.completion.get()
    end
  end)
end

---@param chat llm_ls.chat.Chat
---@param group integer Of its autocommands.
function M.watch(chat, group)
  vim.bo[chat.bufnr].completeopt = 'menuone,noselect,popup'
  vim.api.nvim_create_autocmd('InsertCharPre', {
    group = group,
    buffer = chat.bufnr,
    callback = function()
      local before = vim.api.nvim_get_current_line():sub(1, vim.api.nvim_win_get_cursor(0)[2])
      local begins = vim.v.char == '@' and before:match('[%w]$') == nil or vim.v.char == '/' and before:match('^%s*$')
      local client = require('llm-ls.client').get()
      local attached = client and vim.lsp.buf_is_attached(chat.bufnr, client.id)
      if begins and not attached then
        vim.schedule(function()
          offer(chat.bufnr)
        end)
      end
    end,
  })
  vim.api.nvim_create_autocmd('InsertLeave', {
    group = group,
    buffer = chat.bufnr,
    callback = function()
      detach(chat.bufnr)
    end,
  })
end

return M
