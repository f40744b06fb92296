-- A chat with a model is Markdown.

if vim.b.did_ftplugin then
  return
end
vim.b.did_ftplugin = true

vim.bo.commentstring = ''
vim.bo.textwidth = 0
vim.treesitter.language.register('markdown', 'llmchat')
-- Without the parser, which a distribution may leave out, the chat is plain text.
pcall(vim.treesitter.start)
vim.b.undo_ftplugin = 'setlocal commentstring< textwidth<'
