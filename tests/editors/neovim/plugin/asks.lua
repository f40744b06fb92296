-- The server asks for a line, and Neovim's own prompt has the earlier instructions of the project.
t.open('sum.py', 'def add(a, b):\n    return a - b\n')
local client = t.attach()
local prompts = {}
vim.ui.input = function(options, on_confirm)
  table.insert(prompts, options.prompt)
  on_confirm('add')
end
client:exec_cmd({ title = 'Edit', command = 'llm-ls.edit', arguments = { { uri = vim.uri_from_bufnr(0) } } })
t.hunks(1)
vim.cmd('Llm diff')
local diff = { tabs = #vim.api.nvim_list_tabpages(), windows = #vim.api.nvim_tabpage_list_wins(0), diff = vim.wo.diff }
diff.marks = #vim.api.nvim_buf_get_extmarks(0, -1, 0, -1, {})
vim.cmd('normal! gg]c')
vim.cmd('normal! do')
diff.text = t.text()
t.hunks(0)
vim.cmd.wincmd('p')
vim.cmd('quit')
t.wait('the diff to end', function()
  return #vim.api.nvim_list_tabpages() == 1
end)
diff.after = vim.wo.diff
return { prompts = prompts, diff = diff }
