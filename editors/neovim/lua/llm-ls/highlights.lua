-- The highlight groups, each of which a colour scheme or the user may define otherwise.

local M = {}

local DARK = {
  LlmLsAdd = { bg = '#1f3325', ctermbg = 22 },
  LlmLsAddText = { bg = '#2f5a3a', ctermbg = 28 },
  LlmLsDelete = { bg = '#3b2326', ctermbg = 52 },
  LlmLsDeleteText = { bg = '#6b3338', ctermbg = 88 },
}
local LIGHT = {
  LlmLsAdd = { bg = '#dff3e3', ctermbg = 194 },
  LlmLsAddText = { bg = '#aee3b9', ctermbg = 157 },
  LlmLsDelete = { bg = '#fbe3e4', ctermbg = 224 },
  LlmLsDeleteText = { bg = '#f5b8bb', ctermbg = 217 },
}

local function define()
  for name, colours in pairs(vim.o.background == 'light' and LIGHT or DARK) do
    vim.api.nvim_set_hl(0, name, vim.tbl_extend('error', colours, { default = true }))
  end
  vim.api.nvim_set_hl(0, 'LlmLsHint', { link = 'Comment', default = true })
  vim.api.nvim_set_hl(0, 'LlmLsHintKey', { link = 'Special', default = true })
end

---Define them now and whenever the colour scheme changes.
function M.ensure()
  if M._done then
    return
  end
  M._done = true
  define()
  vim.api.nvim_create_autocmd('ColorScheme', {
    group = vim.api.nvim_create_augroup('llm-ls.highlights', {}),
    callback = define,
  })
end

return M
