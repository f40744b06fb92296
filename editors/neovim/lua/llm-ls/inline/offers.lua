-- A suggestion in a buffer, and how much of it is still to come as the text stands now. Only computes.

local M = {}

---@class llm_ls.Cursor The cursor, and its line as it was then; row and byte column from 0.
---@field row integer
---@field col integer
---@field line string

---@class llm_ls.Offer
---@field item lsp.InlineCompletionItem As the server sent it.
---@field text string What it inserts, its lines apart by line feeds alone.
---@field returns boolean Whether the server also counts carriage returns.
---@field row integer
---@field col integer Where that begins, in bytes.
---@field before string What the line holds before it.
---@field after string What the line holds behind the cursor.
---@field over integer How many bytes of `after` it replaces.

---The cursor of the current window.
---@return llm_ls.Cursor
function M.cursor()
  local row, col = unpack(vim.api.nvim_win_get_cursor(0))
  return { row = row - 1, col = col, line = vim.api.nvim_get_current_line() }
end

---What an item offers at the place it was asked for; nil: it does more than go on from the cursor.
---@param item lsp.InlineCompletionItem
---@param asked llm_ls.Cursor
---@param encoding 'utf-8'|'utf-16'|'utf-32'
---@return llm_ls.Offer?
function M.of(item, asked, encoding)
  local range, text = item.range, item.insertText
  if type(text) ~= 'string' or not range or range.start.line ~= asked.row or range['end'].line ~= asked.row then
    return nil
  end
  local first = vim.str_byteindex(asked.line, encoding, range.start.character, false)
  local last = vim.str_byteindex(asked.line, encoding, range['end'].character, false)
  if first > asked.col or last < asked.col then
    return nil
  end
  local after, over = asked.line:sub(asked.col + 1), last - asked.col
  local returns = text:find('\r\n', 1, true) ~= nil
  text = text:gsub('\r\n', '\n')
  if over > 0 and vim.endswith(text, after:sub(1, over)) then
    text, over = text:sub(1, -over - 1), 0
  end
  local before = asked.line:sub(1, first)
  return {
    item = item,
    text = text,
    returns = returns,
    row = asked.row,
    col = first,
    before = before,
    after = after,
    over = over,
  }
end

---What is still to come at the cursor; nil: what was typed since is something else, or all of it.
---@param offer llm_ls.Offer
---@param bufnr integer
---@param cursor llm_ls.Cursor
---@return string?
function M.rest(offer, bufnr, cursor)
  if cursor.row < offer.row or (cursor.row == offer.row and cursor.col < offer.col) then
    return nil
  end
  local first = vim.api.nvim_buf_get_lines(bufnr, offer.row, offer.row + 1, false)[1]
  if first:sub(1, offer.col) ~= offer.before or cursor.line:sub(cursor.col + 1) ~= offer.after then
    return nil
  end
  local lines = vim.api.nvim_buf_get_text(bufnr, offer.row, offer.col, cursor.row, cursor.col, {})
  local typed = table.concat(lines, '\n')
  if #typed < #offer.text and vim.startswith(offer.text, typed) then
    return offer.text:sub(#typed + 1)
  end
end

---How much of an item is in the text where `rest` is still to come, as LSP counts it.
---@param offer llm_ls.Offer
---@param rest string
---@return integer
function M.accepted_length(offer, rest)
  local there = offer.text:sub(1, #offer.text - #rest)
  return vim.str_utfindex(offer.returns and there:gsub('\n', '\r\n') or there, 'utf-16')
end

---The next word of `rest`, with what stands before it: letters, or else what is none, as `w` moves.
---@param rest string
---@return string
function M.word(rest)
  local word = vim.fn.matchstr(rest, [[^\_s*\%(\k\+\|\%(\k\@!\n\@!\S\)\+\)]])
  return word ~= '' and word or rest
end

---The line of `rest`; of one that begins with a line break, the next.
---@param rest string
---@return string
function M.line(rest)
  return (assert(rest:match('^\n*[^\n]*')))
end

---@param rest string
---@return string
function M.all(rest)
  return rest
end

return M
