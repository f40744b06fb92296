-- `:checkhealth llm-ls` where the server cannot be run.
vim.lsp.config('llm_ls', { cmd = { 'no-such-llm-ls', '--stdio' } })
vim.cmd('checkhealth llm-ls')
return { text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n') }
