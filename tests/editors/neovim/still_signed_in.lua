-- The next day: nobody signs in, and a code action works.
local before = '# llm: add, do not subtract\ndef add(a, b):\n    return a - b\n'
vim.fn.confirm = function()
  return 1
end
t.open('sum.py', before)
local client = t.attach()
for _, action in ipairs(t.actions(client, 2, 3)) do
  if vim.startswith(action.title, 'AI: Edit') then
    t.run_action(action.title, 2, 3)
  end
end
t.wait('the edit', function()
  return t.text() ~= before
end)
return { after = t.text(), questions = t.questions, said = t.messages }
