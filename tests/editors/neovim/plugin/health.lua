-- `:checkhealth llm-ls`, in full; how many errors and warnings there are.
if vim.env.LLM_LS_OPTIONS then
  vim.g.llm_ls = vim.json.decode(vim.env.LLM_LS_OPTIONS)
end
vim.keymap.set('n', ']h', '<Cmd>echo 1<CR>', { desc = 'next hunk of git' })
if vim.env.LLM_LS_TAB then
  vim.keymap.set('i', '<Tab>', '<Plug>(llm-accept)')
end
vim.cmd('checkhealth llm-ls')
local lines = vim.api.nvim_buf_get_lines(0, 0, -1, false)
return { text = table.concat(lines, '\n') }
