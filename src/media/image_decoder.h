// Still pictures: one file in, one Frame out.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "media/decoder.h"
#include "media/picture.h"

namespace saccade::media {

/// One decoded image file.
struct Image {
    Frame frame;         ///< id and pts are not set
    std::string codec;   ///< "mjpeg", "png" ...
    std::string damage;  ///< "" or what is missing of it
};

/// Keeps a decoder for each kind of image it met. One thread.
class ImageDecoder {
  public:
    /// The kind is told by the first bytes; the name's extension counts where those say nothing.
    /// Errors, naming the file: not_found, unreadable, corrupt, unsupported, out_of_memory.
    Result<Image> decode(const std::string& path);

  private:
    Result<AvPacket> load(const std::string& path) const;
    Result<Decoder*> decoder_for(AVCodecID codec, const std::string& path);

    std::map<AVCodecID, Decoder> decoders_;
    PictureMaker pictures_;
};

}  // namespace saccade::media
