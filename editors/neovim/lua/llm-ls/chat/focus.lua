-- Tells the server where the user is and what diagnostics say, which `@selection`, `@diagnostics` and prompts mean.
-- It listens to requests for code actions, as editors with a light bulb make; Neovim makes none by itself.

local M = {}

---What was selected last in the current window, if the cursor is still there; else the cursor's place.
---@return llm_ls.Range
local function selection()
  local first, last = vim.fn.line("'<"), vim.fn.line("'>")
  local row = vim.fn.line('.')
  if first == 0 or row < first or row > last then
    return require('llm-ls.range').of_cursor()
  end
  return require('llm-ls.range').of_command({ range = 2, line1 = first, line2 = last })
end

---@param bufnr integer
---@param range lsp.Range
local function tell(bufnr, range)
  require('llm-ls.client').request('textDocument/codeAction', {
    textDocument = { uri = vim.uri_from_bufnr(bufnr) },
    range = range,
    context = { diagnostics = {}, triggerKind = 2 },
  }, function() end, { bufnr = bufnr })
end

---Tell what a question needs, before it is sent.
---@param chat llm_ls.chat.Chat
---@param question string
function M.tell(chat, question)
  if question:find('@diagnostics', 1, true) then
    local told = {} ---@type table<integer, true?>
    for _, diagnostic in ipairs(vim.diagnostic.get()) do
      local bufnr = assert(diagnostic.bufnr)
      if not told[bufnr] and vim.api.nvim_buf_is_loaded(bufnr) and vim.bo[bufnr].buftype == '' then
        told[bufnr] = true
        local last = vim.api.nvim_buf_line_count(bufnr)
        tell(bufnr, { start = { line = 0, character = 0 }, ['end'] = { line = last, character = 0 } })
      end
    end
  end
  local window = question:find('^/') or question:find('@', 1, true)
  window = window and require('llm-ls.chat.window').source(chat)
  if window then
    local bufnr = vim.api.nvim_win_get_buf(window)
    local client = require('llm-ls.client').get()
    local encoding = client and client.offset_encoding or 'utf-8'
    local range = vim.api.nvim_win_call(window, selection)
    tell(bufnr, require('llm-ls.range').to_lsp(bufnr, range, encoding))
  end
end

return M
