-- What a user's configuration may call.

local M = {}

---Store options; the same as setting `vim.g.llm_ls`. Needed by nobody.
---@param options? llm_ls.Options
function M.setup(options)
  require('llm-ls.config').store(options or {})
end

---What to show in a status line: the model, and whether it is busy.
---@return string
function M.status()
  return require('llm-ls.status').text()
end

---Whether ghost text is shown at the cursor, for a key that does something else where there is none.
---@return boolean
function M.has_suggestion()
  return require('llm-ls.inline').shown()
end

---Whether a next edit is shown in the current buffer.
---@return boolean
function M.has_next_edit()
  return require('llm-ls.next_edit').shown()
end

return M
