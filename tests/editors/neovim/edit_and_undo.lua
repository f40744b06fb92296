-- A code action with a comment prompt, from the menu to one undo.
local before = '# llm: add, do not subtract\ndef add(a, b):\n    return a - b\n'
t.open('sum.py', before)
local client = t.attach()

local title
for _, action in ipairs(t.actions(client, 2, 3)) do
  title = title or (vim.startswith(action.title, 'AI: Edit') and action.title)
end
-- A person who is asked to confirm says yes.
vim.fn.confirm = function()
  return 1
end
local ticks = vim.api.nvim_buf_get_changedtick(0)
t.run_action(title, 2, 3)
t.wait('the edit', function()
  return t.text() ~= before
end)
local after = t.text()
t.wait('the end of the progress', function()
  return #t.progress > 0 and t.progress[#t.progress].value.kind == 'end'
end)
vim.cmd('silent undo')

return {
  title = title,
  before = before,
  after = after,
  undone = t.text(),
  edited = vim.api.nvim_buf_get_changedtick(0) > ticks,
  progress = vim.tbl_map(function(progress)
    return progress.value.kind
  end, t.progress),
  said = t.messages,
}
