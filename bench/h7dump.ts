import { writeFileSync } from 'node:fs'
import { largeLineage } from '../test/support/lineages.js'
writeFileSync('/tmp/h7/l.json', JSON.stringify(largeLineage(500)))
