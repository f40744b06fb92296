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

return M
