-- What a question is about: text, files and diagnostics, kept as places in buffers and read when they are sent.

local M = {}

local namespace = vim.api.nvim_create_namespace('llm-ls.chat.context')

---@class llm_ls.chat.Item Something attached to a question.
---@field kind 'range'|'file'|'diagnostics'|'text'
---@field bufnr integer
---@field name string What the file is called to the user.
---@field uri string
---@field mark? integer An extmark in the buffer over the text that is meant; nil is all of it.
---@field text? string What is sent if the server cannot read the buffer.

---@param bufnr integer
---@return string
local function name_of(bufnr)
  local path = vim.api.nvim_buf_get_name(bufnr)
  return path == '' and 'an unnamed buffer' or vim.fn.fnamemodify(path, ':~:.')
end

---@param bufnr integer
---@param range llm_ls.Range
---@return integer
local function mark(bufnr, range)
  return vim.api.nvim_buf_set_extmark(bufnr, namespace, range.start_row, range.start_col, {
    end_row = range.end_row,
    end_col = range.end_col,
    right_gravity = false,
    end_right_gravity = true,
    strict = false,
  })
end

---@param bufnr integer
---@param range? llm_ls.Range
---@return string
local function text_of(bufnr, range)
  local lines = range
      and vim.api.nvim_buf_get_text(bufnr, range.start_row, range.start_col, range.end_row, range.end_col, {})
    or vim.api.nvim_buf_get_lines(bufnr, 0, -1, false)
  return table.concat(lines, '\n')
end

---@param bufnr integer
---@return llm_ls.Range
local function whole(bufnr)
  local last = vim.api.nvim_buf_line_count(bufnr) - 1
  local line = vim.api.nvim_buf_get_lines(bufnr, last, last + 1, false)[1] or ''
  return { start_row = 0, start_col = 0, end_row = last, end_col = #line }
end

---Where an item is now; nil if its buffer is gone.
---@param item llm_ls.chat.Item
---@return llm_ls.Range?
local function place(item)
  if not vim.api.nvim_buf_is_loaded(item.bufnr) then
    return nil
  elseif not item.mark then
    return whole(item.bufnr)
  end
  local found = vim.api.nvim_buf_get_extmark_by_id(item.bufnr, namespace, item.mark, { details = true })
  local details = found[3]
  if not details then
    return nil
  end
  local end_row = details.end_row --[[@as integer]]
  local end_col = details.end_col --[[@as integer]]
  -- Where the last line was replaced as a whole, the mark ends at the beginning of the next one.
  if end_col == 0 and end_row > found[1] then
    end_row = end_row - 1
    end_col = #(vim.api.nvim_buf_get_lines(item.bufnr, end_row, end_row + 1, false)[1] or '')
  end
  return { start_row = found[1], start_col = found[2], end_row = end_row, end_col = end_col }
end

---What a question about `bufnr` carries: the text of `range`, or all of it, and what diagnostics say of that.
---@param bufnr integer
---@param range? llm_ls.Range
---@return llm_ls.chat.Item[]
function M.of(bufnr, range)
  local name, uri = name_of(bufnr), vim.uri_from_bufnr(bufnr)
  local id = range and mark(bufnr, range)
  if vim.bo[bufnr].buftype ~= '' or vim.api.nvim_buf_get_name(bufnr) == '' then
    return { { kind = 'text', bufnr = bufnr, name = name, uri = uri, mark = id, text = text_of(bufnr, range) } }
  end
  local items = { { kind = range and 'range' or 'file', bufnr = bufnr, name = name, uri = uri, mark = id } }
  local first, last = range and range.start_row or 0, range and range.end_row or math.huge
  for _, diagnostic in ipairs(vim.diagnostic.get(bufnr)) do
    if diagnostic.lnum <= last and (diagnostic.end_lnum or diagnostic.lnum) >= first then
      table.insert(items, { kind = 'diagnostics', bufnr = bufnr, name = name, uri = uri, mark = id })
      break
    end
  end
  return items
end

---An item in a few words.
---@param item llm_ls.chat.Item
---@return string
function M.label(item)
  local range = item.mark and place(item)
  if item.kind == 'diagnostics' then
    local on = range and (' on lines %d to %d'):format(range.start_row + 1, range.end_row + 1) or ''
    return ('the diagnostics of %s%s'):format(item.name, on)
  elseif not range then
    return item.name
  elseif range.start_row == range.end_row then
    return ('%s, line %d'):format(item.name, range.start_row + 1)
  end
  return ('%s, lines %d to %d'):format(item.name, range.start_row + 1, range.end_row + 1)
end

---@param item llm_ls.chat.Item
---@param encoding 'utf-8'|'utf-16'|'utf-32'
---@return table? item A `ContextItem` of the protocol; nil if there is nothing to send.
local function to_protocol(item, encoding)
  local range = place(item)
  if item.kind == 'text' then
    return { type = 'text', title = item.name, text = range and text_of(item.bufnr, range) or item.text }
  elseif not range then
    return item.kind ~= 'diagnostics' and { type = 'file', uri = item.uri } or nil
  elseif item.kind == 'file' then
    return { type = 'file', uri = item.uri }
  end
  local lsp_range = require('llm-ls.range').to_lsp(item.bufnr, range, encoding)
  if item.kind == 'range' then
    return { type = 'range', uri = item.uri, range = lsp_range }
  end
  local diagnostics = require('llm-ls.diagnostics').within(item.bufnr, lsp_range, encoding)
  return diagnostics[1] and { type = 'diagnostics', uri = item.uri, diagnostics = diagnostics } or nil
end

---The items as the server takes them, each once, as the buffers are now.
---@param items llm_ls.chat.Item[]
---@return table[]
function M.to_protocol(items)
  local client = require('llm-ls.client').get()
  -- The server takes UTF-8 from whoever offers it, as Neovim does.
  local encoding = client and client.offset_encoding or 'utf-8'
  local sent = {}
  for _, item in ipairs(items) do
    local converted = to_protocol(item, encoding)
    local known = vim.iter(sent):any(function(other)
      return vim.deep_equal(other, converted)
    end)
    if converted and not known then
      table.insert(sent, converted)
    end
  end
  return sent
end

return M
