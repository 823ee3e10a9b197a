#!/usr/bin/env node
import { execute } from '@oclif/core'
import { surviveBrokenOutput } from '../dist/cli/brokenOutput.js'
import { leaveSoon } from '../dist/cli/leave.js'

surviveBrokenOutput(process)
await execute({ dir: import.meta.url })
leaveSoon(process)
