-- `:Llm!` makes edits without a review; `:Llm fix` tells the server what others say of the code.
t.open('sum.py', 'def add(a, b):\n    return a - b\n')
local client = t.attach()
vim.diagnostic.set(vim.api.nvim_create_namespace('linter'), 0, {
  { lnum = 1, col = 11, end_lnum = 1, end_col = 16, message = 'subtracts instead', severity = 1, source = 'linter' },
})
local seen = {}
local ok
vim.lsp.buf.code_action({
  filter = function(action)
    ok = ok or action.title:find('subtracts instead', 1, true) ~= nil
    return false
  end,
  range = { start = { 2, 0 }, ['end'] = { 2, 5 } },
})
t.wait('the code actions', function()
  return ok ~= nil
end)
seen.offered = ok
vim.api.nvim_win_set_cursor(0, { 2, 4 })
vim.cmd('Llm! fix')
t.wait('the fix', function()
  return t.text():find('a %+ b') ~= nil
end)
seen.fixed = t.text()
t.idle()
vim.cmd.undo()
seen.undone = t.text()
seen.fixing = {}
for _, event in ipairs(t.events) do
  if event.name == 'LlmLsStart' or event.name == 'LlmLsDone' then
    table.insert(seen.fixing, { event.name, event.data.title })
  end
end
vim.cmd('%Llm! edit add')
t.wait('the edit', function()
  return t.text():find('a %+ b') ~= nil
end)
t.idle()
seen.shown = #require('llm-ls.review').all()
vim.cmd.undo()
seen.undone_again = t.text()
vim.api.nvim_win_set_cursor(0, { 1, 0 })
vim.diagnostic.reset()
vim.cmd('Llm fix')
t.wait_entry(t.said)
seen.said = t.said
return seen
