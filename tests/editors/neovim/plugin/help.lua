-- Every word that the help refers to leads somewhere.
local missing = {}
vim.cmd('help llm-ls')
local filetype = vim.bo.filetype
for _, word in ipairs(vim.split(vim.env.LLM_LS_WORDS, '\n')) do
  if not pcall(vim.cmd.help, word) then
    table.insert(missing, word)
  end
end
return { missing = table.concat(missing, ' '), filetype = filetype }
