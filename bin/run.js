#!/usr/bin/env node
import { execute } from '@oclif/core'
import { leaveSoon } from '../dist/cli/leave.js'

await execute({ dir: import.meta.url })
leaveSoon(process.stdout)
