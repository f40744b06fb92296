-- The highlight groups of a chat, each of which a colour scheme or the user may define otherwise.

local M = {}

M.links = {
  LlmLsChatYou = 'Title',
  LlmLsChatAssistant = 'Title',
  LlmLsChatAttached = 'Comment',
  LlmLsChatFold = 'Folded',
  LlmLsChatNotice = 'Comment',
  LlmLsChatError = 'DiagnosticError',
  LlmLsChatFooter = 'Comment',
  LlmLsChatBar = 'WinBar',
}

---Define those that are not defined.
function M.ensure()
  for name, link in pairs(M.links) do
    vim.api.nvim_set_hl(0, name, { link = link, default = true })
  end
end

return M
