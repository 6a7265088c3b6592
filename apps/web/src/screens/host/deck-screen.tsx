/** `/host/decks/:id`: a deck is written and changed here. `new`: one that the server does not have yet. */
import { useCallback } from 'react'
import { useLocation } from 'wouter'
import { Heading, useTitle } from '../../components/screen.tsx'
import { LoadTrouble, Skeletons } from '../../components/trouble.tsx'
import { draftOf, emptyDraft } from '../../host/deck-draft.ts'
import { useHost } from '../../host/host-context.tsx'
import { randomId } from '../../lib/ids.ts'
import { useLoad } from '../../lib/use-load.ts'
import { DeckEditor } from './deck-editor.tsx'
import { HostPage } from './host-page.tsx'

export const DeckScreen = ({ deckId }: { deckId?: string }) => {
  const { api } = useHost()
  const [, navigate] = useLocation()
  const {
    value: draft,
    error,
    reload,
  } = useLoad(
    async () => (deckId === undefined ? emptyDraft(randomId) : draftOf(await api.deck(deckId), randomId)),
    [api, deckId],
  )
  useTitle(deckId === undefined ? 'New deck' : (draft?.title ?? 'Deck'))
  const onCreated = useCallback(
    (id: string) => navigate(`/host/decks/${encodeURIComponent(id)}`, { replace: true }),
    [navigate],
  )
  return (
    <HostPage>
      {error ? (
        <LoadTrouble error={error} retry={reload} />
      ) : draft ? (
        <DeckEditor initial={draft} deckId={deckId} onCreated={onCreated} />
      ) : (
        <>
          <Heading about={`deck ${deckId}`} className="visually-hidden">
            Deck
          </Heading>
          <Skeletons heights={[60, 320, 72, 72]} />
        </>
      )}
    </HostPage>
  )
}
