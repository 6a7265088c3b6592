/** The state of the deck editor: the draft, what is wrong in it, and saving. A draft that was not saved outlives a closed tab. */
import { useCallback, useEffect, useMemo, useState } from 'react'
import { ApiError, messageOf } from '../api/error.ts'
import type { HostApi } from '../api/host.ts'
import { useToasts } from '../components/toasts.tsx'
import { randomId } from '../lib/ids.ts'
import { localKeyValue } from '../lib/storage.ts'
import { bodyOf, type DeckDraft, type DraftQuestion, draftOf, emptyQuestion, moved } from './deck-draft.ts'
import { type DeckProblems, fromServer, problemsOf, withoutField } from './deck-problems.ts'

const STASH_AFTER_MS = 600
const NONE: DeckProblems = new Map()

/** Whether two drafts would be saved as the same deck. */
const same = (one: DeckDraft, other: DeckDraft) => JSON.stringify(bodyOf(one)) === JSON.stringify(bodyOf(other))

const readStash = (key: string): DeckDraft | undefined => {
  const value = localKeyValue.read(key) as Partial<DeckDraft> | undefined
  return value && typeof value.title === 'string' && Array.isArray(value.questions) ? (value as DeckDraft) : undefined
}

export const useDeckEditor = (api: HostApi, initial: DeckDraft, deckId: string | undefined) => {
  const stashKey = `draft.${deckId ?? 'new'}`
  const toasts = useToasts()
  const [saved, setSaved] = useState(initial)
  const [stashed] = useState(() => readStash(stashKey))
  const [draft, setDraft] = useState(stashed ?? initial)
  const [problems, setProblems] = useState<DeckProblems>(NONE)
  const [openKey, setOpenKey] = useState(draft.questions[0]?.key)
  const [isSaving, setSaving] = useState(false)
  const isDirty = useMemo(() => !same(draft, saved), [draft, saved])

  useEffect(() => {
    if (!isDirty) return localKeyValue.remove(stashKey)
    const timer = setTimeout(() => localKeyValue.write(stashKey, draft), STASH_AFTER_MS)
    return () => clearTimeout(timer)
  }, [isDirty, draft, stashKey])

  const change = useCallback((next: (draft: DeckDraft) => DeckDraft, field?: string) => {
    setDraft(next)
    if (field !== undefined) setProblems((known) => withoutField(known, field))
  }, [])

  const changeQuestion = useCallback(
    (key: string, part: Partial<DraftQuestion>, field: string) =>
      change(
        (now) => ({ ...now, questions: now.questions.map((each) => (each.key === key ? { ...each, ...part } : each)) }),
        `${key}/${field}`,
      ),
    [change],
  )
  const addQuestion = useCallback(() => {
    const key = randomId()
    change((now) => ({ ...now, questions: [...now.questions, emptyQuestion(key, now.questions.at(-1))] }), 'questions')
    setOpenKey(key)
  }, [change])
  const duplicate = useCallback(
    (key: string) => {
      const newKey = randomId()
      change((now) => ({
        ...now,
        questions: now.questions.flatMap((each) => {
          if (each.key !== key) return [each]
          const { question_id: _, ...copy } = each
          return [each, { ...copy, key: newKey }]
        }),
      }))
      setOpenKey(newKey)
    },
    [change],
  )
  const remove = useCallback(
    (key: string) => change((now) => ({ ...now, questions: now.questions.filter((each) => each.key !== key) })),
    [change],
  )
  const move = useCallback(
    (key: string, by: number) =>
      change((now) => {
        const from = now.questions.findIndex((each) => each.key === key)
        const to = Math.min(now.questions.length - 1, Math.max(0, from + by))
        return { ...now, questions: moved(now.questions, from, to) }
      }),
    [change],
  )
  const discard = useCallback(() => {
    setDraft(saved)
    setProblems(NONE)
    setOpenKey(saved.questions[0]?.key)
  }, [saved])

  const show = (found: DeckProblems) => {
    setProblems(found)
    const owner = [...found.keys()]
      .map((field) => field.split('/')[0])
      .find((key) => draft.questions.some((each) => each.key === key))
    if (owner !== undefined) setOpenKey(owner)
  }

  /** The id of the saved deck; undefined if there is something to mend first. */
  const save = async (): Promise<string | undefined> => {
    const found = problemsOf(draft)
    if (found.size > 0) {
      show(found)
      toasts.warn(
        found.size === 1
          ? 'One field is missing or wrong; see the mark.'
          : `${found.size} fields are missing or wrong; see the marks.`,
      )
      return undefined
    }
    setSaving(true)
    try {
      const body = bodyOf(draft)
      const deck = deckId === undefined ? await api.createDeck(body) : await api.replaceDeck(deckId, body)
      // The server made the ids of new questions; the keys of this page go on.
      const keys = draft.questions.map((question) => question.key)
      const fresh = draftOf(deck, () => keys.shift() ?? randomId())
      localKeyValue.remove(stashKey)
      setSaved(fresh)
      setDraft(fresh)
      setProblems(NONE)
      return deck.deck_id
    } catch (error) {
      const { problems: pointed, rest } = fromServer(draft, error instanceof ApiError ? error.errors : [])
      show(pointed)
      if (rest[0] === undefined) toasts.fail(error)
      else toasts.warn(`${messageOf(error)} ${rest[0]}`)
      return undefined
    } finally {
      setSaving(false)
    }
  }

  return {
    draft,
    problems,
    openKey,
    isDirty,
    isSaving,
    wasRestored: stashed !== undefined,
    setOpenKey,
    change,
    changeQuestion,
    addQuestion,
    duplicate,
    remove,
    move,
    discard,
    save,
  }
}

export type DeckEditorState = ReturnType<typeof useDeckEditor>
