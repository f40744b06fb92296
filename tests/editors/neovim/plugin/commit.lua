-- A commit message is put at the top of a commit under edit; where nothing is staged, that is said.
t.open('sum.py', 'a = 1\n')
local root = vim.fs.dirname(vim.api.nvim_buf_get_name(0))
local function git(...)
  local done = vim.system({ 'git', '-C', root, '-c', 'user.name=a', '-c', 'user.email=a@b', ... }):wait()
  assert(done.code == 0, done.stderr)
end
vim.fn.delete(root .. '/.git', 'rf')
git('init', '-q')
t.attach()
vim.cmd('Llm commit')
t.wait_entry(t.said)
git('add', 'sum.py')
vim.cmd.edit(root .. '/.git/COMMIT_EDITMSG')
vim.api.nvim_buf_set_lines(0, 0, -1, false, { '', '# Please enter the commit message' })
vim.bo.filetype = 'gitcommit'
t.attach()
vim.cmd('Llm commit')
t.wait('the message', function()
  return t.text():find('Add a sum') ~= nil
end)
return { said = t.said, text = t.text() }
