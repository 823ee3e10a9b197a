import { expect, test } from 'vitest'
import { knownListeningPort, listeningPort } from '../../../src/domain/listeningPort.js'

test.each<[readonly string[], number]>([
  [['mongod'], 27_017],
  [['mongod', '--port', '27117'], 27_117],
  [['sh', '-c', 'exec mongod --port=27117 --auth'], 27_117],
  [['mongod', '--shardsvr'], 27_018],
  [['mongod', '--configsvr', '--port', '5'], 5],
  [['mongod', '--port', 'none'], 27_017],
])('%j listens on %i', (command, port) => {
  expect(listeningPort(command)).toBe(port)
  expect(knownListeningPort(command)).toBe(port)
})

test('what a configuration file says is not known, unless an argument says it, too', () => {
  expect(knownListeningPort(['mongod', '--config', '/etc/mongod.conf'])).toBeUndefined()
  expect(knownListeningPort(['mongod', '-f', '/etc/mongod.conf'])).toBeUndefined()
  expect(knownListeningPort(['mongod', '--config=/x', '--port', '27117'])).toBe(27_117)
})
