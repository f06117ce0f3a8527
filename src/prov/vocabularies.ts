import { PREFIXES } from './prefixes.js'
import { vocabulary } from './terms.js'

/** Terms of RDF Schema 1.1. */
export const RDF = vocabulary(PREFIXES, 'rdf', ['type'])
export const RDFS = vocabulary(PREFIXES, 'rdfs', ['Resource', 'label'])

/** Terms of PROV-O (https://www.w3.org/TR/prov-o/). */
export const PROV = vocabulary(PREFIXES, 'prov', [
  'Activity',
  'Agent',
  'Association',
  'Attribution',
  'Bundle',
  'Communication',
  'Delegation',
  'Derivation',
  'Entity',
  'Generation',
  'Invalidation',
  'Organization',
  'Person',
  'Plan',
  'PrimarySource',
  'Revision',
  'Role',
  'SoftwareAgent',
  'Usage',
  'actedOnBehalfOf',
  'activity',
  'agent',
  'alternateOf',
  'atTime',
  'endedAtTime',
  'entity',
  'generatedAtTime',
  'hadActivity',
  'hadPlan',
  'hadPrimarySource',
  'hadRole',
  'invalidatedAtTime',
  'qualifiedAssociation',
  'qualifiedAttribution',
  'qualifiedCommunication',
  'qualifiedDelegation',
  'qualifiedDerivation',
  'qualifiedGeneration',
  'qualifiedInfluence',
  'qualifiedInvalidation',
  'qualifiedPrimarySource',
  'qualifiedRevision',
  'qualifiedUsage',
  'specializationOf',
  'startedAtTime',
  'used',
  'value',
  'wasAssociatedWith',
  'wasAttributedTo',
  'wasDerivedFrom',
  'wasGeneratedBy',
  'wasInformedBy',
  'wasInvalidatedBy',
  'wasRevisionOf',
])

/** Terms of the Dublin Core (https://www.dublincore.org/specifications/dublin-core/dcmi-terms/). */
export const DCTERMS = vocabulary(PREFIXES, 'dcterms', [
  'created',
  'description',
  'hasPart',
  'identifier',
  'isReplacedBy',
  'modified',
  'replaces',
  'title',
])

/** Terms of FOAF (http://xmlns.com/foaf/spec/). */
export const FOAF = vocabulary(PREFIXES, 'foaf', ['name'])
