-- What the plugin does when Neovim starts: the command, the `<Plug>` maps, and the server on the first file.

if vim.g.loaded_llm_ls then
  return
end
vim.g.loaded_llm_ls = true

vim.api.nvim_create_user_command('Llm', function(given)
  require('llm-ls.commands').run(given)
end, {
  nargs = '*',
  bang = true,
  range = true,
  desc = 'Ask a language model: edit, fix, explain, chat, ...',
  complete = function(lead, line)
    return require('llm-ls.commands').complete(lead, line)
  end,
})

-- The sub-commands are named here again, so that none of their modules is loaded before it is used.
local names = 'accept accept-all ask chat commit compact complete delete diff document edit explain export fix fork '
  .. 'history inline inline-toggle key log model next next-edit prev prompt reject reject-all rename restart retry '
  .. 'signin signout status stop test usage'
for name in names:gmatch('%S+') do
  vim.keymap.set({ 'n', 'x' }, ('<Plug>(llm-%s)'):format(name), function()
    require('llm-ls.commands').plug(name)
  end, { desc = 'llm-ls: ' .. name })
end

-- Those for ghost text, in Insert mode; what is taken is undone by itself.
for name, call in pairs({
  accept = "<C-g>u<Cmd>lua require('llm-ls.inline').accept('all')<CR><C-g>u",
  ['accept-word'] = "<C-g>u<Cmd>lua require('llm-ls.inline').accept('word')<CR><C-g>u",
  ['accept-line'] = "<C-g>u<Cmd>lua require('llm-ls.inline').accept('line')<CR><C-g>u",
  next = "<Cmd>lua require('llm-ls.inline').step(1)<CR>",
  prev = "<Cmd>lua require('llm-ls.inline').step(-1)<CR>",
  dismiss = "<Cmd>lua require('llm-ls.inline').dismiss()<CR>",
}) do
  vim.keymap.set('i', ('<Plug>(llm-%s)'):format(name), call, { desc = 'llm-ls: ' .. name .. ' ghost text' })
end
vim.keymap.set('n', '<Plug>(llm-dismiss)', function()
  require('llm-ls.next_edit').dismiss()
end, { desc = 'llm-ls: dismiss the next edit' })

local options = vim.g.llm_ls
if options == false or (type(options) == 'table' and options.enabled == false) then
  return
end
if vim.fn.has('nvim-0.11') == 0 then
  return
end
vim.api.nvim_create_autocmd('FileType', {
  group = vim.api.nvim_create_augroup('llm-ls', {}),
  desc = 'Start llm-ls with the first file',
  once = true,
  callback = vim.schedule_wrap(function()
    require('llm-ls.server').enable()
  end),
})
