package domain

// Relative is an item that another was made from, or one that was made from it.
type Relative struct {
	ID      int64
	Title   string     // empty where the item has been deleted since
	Status  ItemStatus // empty where it has been deleted since
	Kind    SourceKind
	Version int // of the source, when it was copied or read
}
