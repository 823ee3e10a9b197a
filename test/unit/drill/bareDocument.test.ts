import { expect, test } from 'vitest'
import { bareDocument } from '../../../src/domain/bareDocument.js'
import type { DocumentMount } from '../../../src/domain/composeDocument.js'

const bind = (source: string): DocumentMount => ({
  type: 'bind',
  source,
  target: source,
  read_only: true,
})

test('what a kit lacks of its folder is made empty there, nothing elsewhere, and nothing reaches out', () => {
  const wish = { project: 'ops-drill-1', labels: {}, services: ['mongodb'], without: new Set('') }
  const { services } = bareDocument(
    wish,
    '/state/bare',
  )({
    name: 'healthcare',
    services: {
      mongodb: {
        image: 'mongo:6',
        container_name: 'healthcare_db',
        ports: [{ target: 27017, published: '27017' }],
        volumes: [bind('/state/bare/records'), bind('/srv/elsewhere')],
      },
      api: { image: 'api' },
    },
  })
  expect(Object.keys(services)).toEqual(['mongodb'])
  expect(services['mongodb']).not.toHaveProperty('ports')
  expect(services['mongodb']).not.toHaveProperty('container_name')
  expect(services['mongodb']?.volumes).toEqual([
    { ...bind('/state/bare/records'), bind: { create_host_path: true } },
    bind('/srv/elsewhere'),
  ])
})
