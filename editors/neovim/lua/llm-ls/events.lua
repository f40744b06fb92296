-- The `User` autocommands that tell a status line and a user's own hooks what goes on.

local M = {}

---@alias llm_ls.Event 'LlmLsStart'|'LlmLsDone'|'LlmLsError'|'LlmLsProposal'|'LlmLsModel'|'LlmLsStatus'

---@param name llm_ls.Event
---@param data table
function M.emit(name, data)
  vim.api.nvim_exec_autocmds('User', { pattern = name, modeline = false, data = data })
end

return M
