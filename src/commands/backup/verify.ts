import { Args, Flags } from '@oclif/core'
import * as flags from '../../cli/flags.js'
import { OpsCommand } from '../../cli/opsCommand.js'
import {
  everyBackup,
  namedBackup,
  namesFile,
  requireSound,
  sliced,
  verificationPlan,
} from '../../cli/verifyBackups.js'
import { watched } from '../../cli/watched.js'
import type { ExitKind } from '../../domain/exit.js'

export default class BackupVerify extends OpsCommand {
  static override summary = 'Read archives to their end and say whether they are whole.'
  static override description =
    'Every byte is read and every checksum computed; a backup of the shelf is also held against its manifest, and the ' +
    'judgement is recorded there. Any mongodump archive can be verified, compressed or not, with or without a manifest: ' +
    'what is wrong with it, and at which byte. The newest good backup where none is named. An encrypted one is opened with ' +
    'a key of ops.yaml; without any key, the file is held against its manifest from outside, unless --deep asks for more. ' +
    'A file needs no ops.yaml: it is held against the manifest that lies beside it, or read for itself where there is none, and the answer ' +
    'says which. ' +
    'With --all the slices of the oplog are read too: one that is damaged or missing is brought anew from a place that has a ' +
    'sound copy of it.'
  static override examples = [
    {
      description: 'Every backup of every target',
      command: '<%= config.bin %> backup verify --all',
    },
    {
      description: 'An archive that somebody else wrote',
      command: '<%= config.bin %> backup verify /mnt/usb/dump.archive.gz --deep',
    },
    {
      description: 'A copy on a host without an ops.yaml',
      command: '<%= config.bin %> backup verify /mnt/usb/medical/ID.archive.gz',
    },
  ]
  static override exitKinds: readonly ExitKind[] = ['usage', 'refused', 'not-found', 'integrity']
  static override args = {
    backup: Args.string({
      description: 'Id of a backup, latest, or the path of an archive.',
      default: 'latest',
    }),
  }
  static override flags = {
    target: flags.target(),
    all: Flags.boolean({ env: 'OPS_ALL', summary: 'Every backup there is, and every slice.' }),
    deep: Flags.boolean({
      env: 'OPS_DEEP',
      summary: 'Also walk every field of every document.',
    }),
    scheduled: flags.scheduled(),
    'random-delay': flags.randomDelay(),
  }

  async run(): Promise<unknown> {
    const { args, flags: given } = await this.parse(BackupVerify)
    this.goesWithout = !given.all && given.target === undefined && namesFile(args.backup)
    const targets = await this.targets({ ...given, all: given.target === undefined })
    const world = await this.world()
    const wanted = given.all
      ? await this.patiently(everyBackup(targets, world))
      : [await this.patiently(namedBackup(args.backup, targets, process.cwd(), world))]
    const slicesOf = given.all ? await this.patiently(sliced(targets, world)) : []
    const verify = async () => {
      const plan = verificationPlan(wanted, given.deep, world, slicesOf)
      const verification = await this.carryOut(plan)
      await this.show('backup verify', verification)
      return requireSound(verification, given.deep)
    }
    const how = { job: 'verify' as const, flags: given, deadman: false }
    return watched(verify, how, await this.scheduleWorld(), this.door)
  }
}
