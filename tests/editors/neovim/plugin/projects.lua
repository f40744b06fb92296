-- One server serves files of two projects, and one of none; the sub-commands are completed.
local seen = {}
t.open('one.py', 'one = 1\n')
local client = t.attach()
local root = vim.fs.dirname(vim.api.nvim_buf_get_name(0))
vim.fn.mkdir(root .. '/second/.git', 'p')
vim.cmd.edit(root .. '/second/two.py')
t.attach()
vim.cmd.edit(vim.fn.tempname() .. '.py')
t.attach()
seen.clients = #vim.lsp.get_clients()
seen.folders = vim.tbl_map(function(folder)
  return vim.fs.relpath(root, folder.name)
end, client.workspace_folders)
t.request(client, 'llm-ls/listProviders', vim.empty_dict()) -- the first answer takes its time
seen.subcommands = vim.fn.getcompletion('Llm ', 'cmdline')
seen.providers = vim.fn.getcompletion('Llm key anth', 'cmdline')
return seen
