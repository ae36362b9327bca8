// Shows /api/openapi.json. Everything is text nodes: nothing in the document is ever taken for markup.
'use strict'

function el(tag, attributes, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes ?? {})) node.setAttribute(name, value)
  for (const child of children) if (child != null) node.append(child)
  return node
}

function resolve(spec, schema) {
  if (!schema || !schema.$ref) return schema
  return schema.$ref.replace('#/', '').split('/').reduce((at, key) => at && at[key], spec)
}

// An example-like outline of a schema: {"id": "string", …}. depth ends what refers to itself.
function outline(spec, schema, depth) {
  schema = resolve(spec, schema)
  if (!schema || depth > 4) return '…'
  if (schema.oneOf) return schema.oneOf.map((s) => label(spec, outline(spec, s, depth + 1))).join(' | ')
  if (schema.enum) return schema.enum.join(' | ')
  const type = Array.isArray(schema.type) ? schema.type.filter((t) => t !== 'null')[0] : schema.type
  if (type === 'array') return [outline(spec, schema.items, depth + 1)]
  if (type !== 'object') return schema.format ? `${type} (${schema.format})` : (type ?? 'any')
  const out = {}
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    const optional = (schema.required ?? []).includes(name) ? '' : '?'
    out[name + optional] = outline(spec, member, depth + 1)
  }
  return out
}

function label(spec, value) {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function media(spec, heading, content) {
  return Object.entries(content ?? {}).map(([type, m]) => el('div', {},
    el('p', { class: 'soft' }, `${heading}: `, el('code', {}, type)),
    el('pre', { tabindex: '0' }, JSON.stringify(outline(spec, m.schema, 0), null, 2))))
}

function parameters(list) {
  if (!list || list.length === 0) return null
  const rows = list.map((p) => el('tr', {}, el('td', {}, el('code', {}, p.name)), el('td', {}, p.in),
    el('td', {}, (p.required ? '' : 'optional. ') + (p.description ?? ''))))
  return el('table', {}, el('thead', {}, el('tr', {}, el('th', {}, 'Parameter'), el('th', {}, 'In'), el('th', {}, 'Meaning'))),
    el('tbody', {}, ...rows))
}

function operation(spec, path, method, op) {
  const base = spec.servers?.[0]?.url ?? ''
  const answers = Object.entries(op.responses ?? {}).filter(([status]) => status !== 'default')
  return el('article', { id: op.operationId },
    el('h3', {}, op.summary ?? op.operationId),
    el('p', {}, el('span', { class: 'method' }, method.toUpperCase()), el('code', {}, base + path)),
    op.description ? el('p', {}, op.description) : null,
    el('p', { class: 'soft' }, op.security ? 'Needs a sign-in.' : 'Works without a sign-in.'),
    parameters(op.parameters),
    ...media(spec, 'Body', op.requestBody?.content),
    ...answers.flatMap(([status, r]) => r.content ? media(spec, `Answer ${status}`, r.content)
      : [el('p', { class: 'soft' }, `Answer ${status}: no body`)]))
}

async function show() {
  const about = document.getElementById('about')
  const response = await fetch('/api/openapi.json')
  if (!response.ok) throw new Error(`openapi.json: ${response.status}`)
  const spec = await response.json()
  about.textContent = spec.info.description
  const index = document.getElementById('index')
  const main = document.getElementById('operations')
  for (const { name } of spec.tags ?? []) {
    const links = el('ul', {})
    main.append(el('h2', {}, name))
    for (const [path, methods] of Object.entries(spec.paths)) {
      for (const [method, op] of Object.entries(methods)) {
        if (!(op.tags ?? []).includes(name)) continue
        links.append(el('li', {}, el('a', { href: '#' + op.operationId }, op.summary)))
        main.append(operation(spec, path, method, op))
      }
    }
    index.append(el('h2', {}, name), links)
  }
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView()
}

show().catch((error) => { document.getElementById('about').textContent = `The document could not be read: ${error.message}` })
