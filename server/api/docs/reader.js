// Shows /api/openapi.json. Everything is text nodes: nothing in the document is ever taken for markup.
'use strict'

const byId = (id) => document.getElementById(id)

function el(tag, attributes, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes ?? {})) node.setAttribute(name, value)
  for (const child of children) if (child != null) node.append(child)
  return node
}

/** The schema that a reference names. */
function resolve(spec, schema) {
  if (!schema?.$ref) return schema
  return schema.$ref.replace('#/', '').split('/').reduce((at, key) => at?.[key], spec)
}

/** The form of a value as lines of [code, note]. A named object inside it is told by its name, which is put into names. */
function outline(spec, schema, names) {
  if (!schema) return [['any']]
  if (schema.$ref) {
    const named = resolve(spec, schema)
    if (named?.type !== 'object') return outline(spec, named, names)
    const name = schema.$ref.split('/').at(-1)
    names.add(name)
    return [[name, schema.description]]
  }
  if (schema.oneOf) return either(schema.oneOf.map((one) => outline(spec, one, names)))
  if (schema.enum) return [[schema.enum.map((value) => JSON.stringify(value)).join(' | ')]]
  const types = [schema.type ?? 'any'].flat()
  const lines = formOf(spec, schema, types.find((type) => type !== 'null') ?? 'null', names)
  if (types.length > 1 && types.includes('null')) lines.at(-1)[0] += ' | null'
  return lines
}

function either(forms) {
  return forms.reduce((all, form) => [...all.slice(0, -1), [`${all.at(-1)[0]} | ${form[0][0]}`, form[0][1]], ...form.slice(1)])
}

function formOf(spec, schema, type, names) {
  if (type === 'array') return listOf(outline(spec, schema.items, names))
  if (type === 'object') return members(spec, schema, names)
  return [[schema.format && schema.format !== 'int64' ? `${type} (${schema.format})` : type]]
}

function listOf(lines) {
  const out = lines.map((line) => [...line])
  const bare = out.length === 1 && /^\w+$/.test(out[0][0])
  if (!bare) out[0][0] = `(${out[0][0]}`
  out.at(-1)[0] += bare ? '[]' : ')[]'
  return out
}

function members(spec, schema, names) {
  const all = Object.entries(schema.properties ?? {})
  if (all.length === 0) return [['{ … }']]
  const inside = all.flatMap(([name, member]) => {
    const optional = schema.required?.includes(name) ? '' : '?'
    const note = member.description ?? resolve(spec, member)?.description
    return outline(spec, member, names).map(([code, own], i) => (i === 0 ? [`  ${name}${optional}: ${code}`, note ?? own] : [`  ${code}`, own]))
  })
  return [['{'], ...inside, ['}']]
}

/** The form itself and, after it, every named object that it is told by: each once. */
function form(spec, schema) {
  const names = new Set()
  const top = resolve(spec, schema)
  const lines = outline(spec, top, names)
  for (const name of names) { // grows while it is walked
    const [first, ...rest] = members(spec, spec.components.schemas[name], names)
    lines.push([''], [`${name} ${first[0]}`], ...rest)
  }
  const pre = el('pre', { tabindex: '0' })
  for (const [code, note] of lines) pre.append(code, ...(note ? [el('span', { class: 'note' }, `  // ${note}`)] : []), '\n')
  return pre
}

function media(spec, heading, content) {
  return Object.entries(content ?? {}).flatMap(([type, { schema }]) => {
    const shape = resolve(spec, schema)
    const raw = shape?.type === 'string' && !shape.enum
    return [el('h4', {}, `${heading}: `, el('code', {}, type)), raw ? null : form(spec, schema)]
  })
}

function parameters(spec, list) {
  if (!list?.length) return []
  const rows = list.flatMap((p) => {
    const kind = outline(spec, p.schema, new Set())[0][0]
    const usual = p.schema.default === undefined ? '' : `, else ${JSON.stringify(p.schema.default)}`
    const where = p.in === 'path' ? 'in the path' : `${p.in}${p.required ? '' : ', optional'}${usual}`
    return [el('dt', {}, el('code', {}, p.name)),
      el('dd', {}, el('p', {}, el('code', {}, kind), ` · ${where}`), p.description ? el('p', {}, p.description) : null)]
  })
  return [el('h4', {}, 'Parameters'), el('dl', { class: 'fields' }, ...rows)]
}

/** One choice for the whole page: curl or fetch. */
let shown = 'curl'
function choose(label) {
  shown = label
  for (const button of document.querySelectorAll('[data-sample]')) button.setAttribute('aria-pressed', button.dataset.sample === label)
  for (const pre of document.querySelectorAll('[data-of]')) pre.hidden = pre.dataset.of !== label
}

function examples(samples) {
  if (!samples?.length) return []
  const copy = el('button', { type: 'button', class: 'copy' }, 'Copy')
  copy.addEventListener('click', () => copyText(samples.find((s) => s.label === shown).source, copy))
  const buttons = samples.map(({ label }) => {
    const button = el('button', { type: 'button', 'data-sample': label, 'aria-pressed': label === shown }, label)
    button.addEventListener('click', () => {
      const before = button.getBoundingClientRect().top
      choose(label)
      scrollBy(0, button.getBoundingClientRect().top - before) // what is above grew or shrank too
    })
    return button
  })
  const texts = samples.map(({ label, source }) => {
    const pre = el('pre', { tabindex: '0', 'data-of': label }, source)
    pre.hidden = label !== shown
    return pre
  })
  return [el('div', { class: 'bar' }, el('h4', {}, 'Example'), ...buttons, copy), ...texts]
}

/** Also where the page is no secure context, and so has no clipboard of the newer kind. */
function copyText(text, button) {
  const area = el('textarea', { class: 'hidden' })
  area.value = text
  document.body.append(area)
  area.select()
  const done = document.execCommand('copy')
  area.remove()
  button.focus()
  button.textContent = done ? 'Copied' : 'Select it and copy'
  setTimeout(() => { button.textContent = 'Copy' }, 2000)
}

function refusals(spec, names) {
  if (!names?.length) return []
  const items = names.map((name) => el('li', {}, el('a', { href: `#problem-${name}`, title: spec['x-problems'][name].title },
    `${spec['x-problems'][name].status} ${name}`)))
  return [el('h4', {}, 'Problems'), el('ul', { class: 'errors' }, ...items)]
}

function who(op) {
  if (!op.security) return 'Works without a sign-in.'
  return op.security.some((way) => way.bearer) ? 'Needs a sign-in or a token.' : 'Needs a browser’s sign-in: no token counts here.'
}

function operation(spec, path, method, op) {
  const base = spec.servers?.[0]?.url ?? ''
  const answers = Object.entries(op.responses ?? {}).filter(([status]) => status !== 'default')
  return el('article', { id: op.operationId },
    el('h3', {}, el('a', { href: `#${op.operationId}` }, op.summary ?? op.operationId)),
    el('p', { class: 'where' }, el('span', { class: 'method' }, method.toUpperCase()), el('code', {}, base + path)),
    op.description ? el('p', {}, op.description) : null,
    el('p', { class: 'soft' }, who(op)),
    ...parameters(spec, op.parameters),
    ...media(spec, 'Body', op.requestBody?.content),
    ...answers.flatMap(([status, answer]) => (answer.content ? media(spec, `Answer ${status}`, answer.content)
      : [el('h4', {}, `Answer ${status}: no body`)])),
    ...examples(op['x-codeSamples']),
    ...refusals(spec, op['x-problems']))
}

function kinds(spec) {
  const anywhere = spec['x-problems-anywhere']
  const sorted = Object.entries(spec['x-problems']).sort(([, a], [, b]) => a.status - b.status)
  return sorted.flatMap(([name, kind]) => [
    el('dt', { id: `problem-${name}` }, el('code', {}, `${kind.status} ${kind.type}`)),
    el('dd', {}, `${kind.title}.`, kind.detail ? ` ${kind.detail}` : '', anywhere.includes(name) ? ' Any operation may answer this.' : ''),
  ])
}

/** What can be found: each operation with its line in the contents and the words it is found by. */
const found = []

function draw(spec) {
  for (const { name } of spec.tags ?? []) {
    const links = el('ul', {})
    const group = { heading: el('h2', {}, name), title: el('h2', {}, name), links, members: [] }
    byId('operations').append(group.heading)
    for (const [path, methods] of Object.entries(spec.paths)) {
      for (const [method, op] of Object.entries(methods)) {
        if (!op.tags?.includes(name)) continue
        const article = operation(spec, path, method, op)
        const line = el('li', {}, el('a', { href: `#${op.operationId}` }, el('span', { class: 'method' }, method.toUpperCase()), op.summary))
        links.append(line)
        byId('operations').append(article)
        const words = [method, spec.servers[0].url + path, op.summary, op.description, op.operationId, ...(op['x-problems'] ?? []),
          ...(op.parameters ?? []).flatMap((p) => [p.name, p.description])]
        group.members.push({ article, line, words: words.join(' ').toLowerCase() })
      }
    }
    byId('index').append(group.title, links)
    found.push(group)
  }
}

/** Shows what has every word of text in it; all, with the guide, where there is none. */
function search(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  let count = 0
  for (const group of found) {
    let here = 0
    for (const { article, line, words: own } of group.members) {
      const fits = words.every((word) => own.includes(word))
      article.hidden = line.hidden = !fits
      if (fits) here++
    }
    group.heading.hidden = group.title.hidden = here === 0
    count += here
  }
  byId('guide').hidden = words.length > 0
  byId('nothing').hidden = count > 0
  byId('count').textContent = words.length === 0 ? '' : `${count} ${count === 1 ? 'operation' : 'operations'}`
  const address = new URL(location.href)
  if (words.length) address.searchParams.set('q', text)
  else address.searchParams.delete('q')
  history.replaceState(null, '', address)
}

function listen(field) {
  field.addEventListener('input', () => search(field.value))
  const clear = () => { field.value = ''; search(''); field.focus() }
  byId('clear').addEventListener('click', clear)
  document.addEventListener('keydown', (event) => {
    if (event.key === '/' && document.activeElement !== field && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault()
      field.select()
    } else if (event.key === 'Escape' && document.activeElement === field) clear()
  })
  document.addEventListener('click', (event) => { // what a link leads to must be there
    const link = event.target.closest?.('a[href^="#"]')
    if (link && byId(link.hash.slice(1))?.closest('[hidden]')) { field.value = ''; search('') }
  })
}

async function show() {
  const response = await fetch('/api/openapi.json')
  if (!response.ok) throw new Error(`openapi.json: ${response.status}`)
  const spec = await response.json()
  byId('about').textContent = spec.info.description
  byId('kinds').append(...kinds(spec))
  draw(spec)
  const field = byId('search')
  listen(field)
  field.value = new URL(location.href).searchParams.get('q') ?? ''
  search(field.value)
  if (location.hash) byId(location.hash.slice(1))?.scrollIntoView()
}

show().catch((error) => { byId('about').textContent = `The description could not be read: ${error.message}` })
